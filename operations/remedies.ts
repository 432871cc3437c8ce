/** Something in the cluster that is not ready. */
export interface Subject {
  kind: string;
  namespace: string;
  name: string;
}

/** What there is to do about a reason, and the command that tells more. */
type Remedy = (subject: Subject) => string;

const kubectl = ({ namespace }: Subject, command: string) => `kubectl -n ${namespace} ${command}`;
const logs: Remedy = (one) => kubectl(one, `logs ${one.kind.toLowerCase()}/${one.name} --all-containers`);

/** The first that fits. The words are those of the kubelet, the scheduler and the API server; see reasons.ts. */
const REMEDIES: readonly [RegExp, Remedy][] = [
  [
    /ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName/,
    () => "name an image that the nodes can pull in the stack's platform:images, or import it",
  ],
  [/exceeded quota/, (one) => `see what is taken: ${kubectl(one, "describe resourcequota")}`],
  [
    /unbound|persistentvolumeclaim|MountVolume|AttachVolume/i,
    (one) => `see its volumes: ${kubectl(one, "describe persistentvolumeclaims")}`,
  ],
  [
    /unschedulable/,
    () => "make room: fewer replicas or smaller requests in the stack's file, or another node",
  ],
  [/over its memory limit/, () => "raise its resources.limits.memory in the stack's file"],
  [
    /CreateContainerConfigError|CreateContainerError|RunContainerError/,
    (one) => `mend what it names: ${kubectl(one, `describe ${one.kind.toLowerCase()} ${one.name}`)}`,
  ],
  [/ended with|CrashLoopBackOff|probe failed/, (one) => `see its log: ${logs(one)}`],
];

/** What a person can do about something that is not ready, for the reason that the cluster gives. Pure. */
export function remedyOf(reason: string, subject: Subject): string {
  const [, remedy] = REMEDIES.find(([pattern]) => pattern.test(reason)) ?? [];
  return (
    remedy?.(subject) ??
    `see its events: ${kubectl(subject, `describe ${subject.kind.toLowerCase()} ${subject.name}`)}`
  );
}
