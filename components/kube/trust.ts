/** Where a pod finds the ConfigMap with the CA that the stores' certificates are signed with. */
export const CA_FOLDER = "/etc/platform/ca";

/** The CA alone, PEM. */
export const CA_FILE = `${CA_FOLDER}/ca.crt`;

/** The CA and the public roots, PEM: for clients that trust one file and nothing else. */
export const BUNDLE_FILE = `${CA_FOLDER}/bundle.crt`;
