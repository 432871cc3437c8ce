import {
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type RecoveringChannelModel,
} from "amqplib";
import type { FastifyBaseLogger } from "fastify";
import { type Dependency, DependencyUnavailable, within } from "./dependency";

/** Something that happened, as it travels through the queue. */
export interface DomainEvent {
  /** Unique; a consumer recognises a second delivery by it. */
  id: string;
  /** For example `event-service.item.created`. */
  routingKey: string;
  /** Of the request that caused it, so that one id finds the logs of every service involved. */
  requestId: string;
  body: unknown;
}

export interface QueueOptions {
  url: string;
  /** Name of the service, and of its queue when it consumes. */
  service: string;
  instance: string;
  log: FastifyBaseLogger;
  /** Consumes every event when given. What throws is delivered again, {@link DELIVERIES} times in all. */
  onEvent?: (event: DomainEvent) => void;
  /** Called when messages can be published: after each connection, and when the broker takes them again. */
  onAvailable?: () => void;
}

const EXCHANGE = "events";
const DELIVERIES = 3;
const PREFETCH = 10;
/** Milliseconds the broker has to take over a message. */
const CONFIRM_TIMEOUT = 2_000;

/**
 * RabbitMQ: publishes to the topic exchange `events`, and consumes from a quorum queue named after the
 * service. The connection is made and remade in the background with backoff and jitter.
 */
export class Queue implements Dependency {
  readonly name = "messageQueue";
  /** Undefined while there is no connection. */
  #channel: ConfirmChannel | undefined;
  /** The broker takes nothing because its disk or memory is full. */
  #blocked = false;
  #closing = false;
  readonly #connection: Promise<RecoveringChannelModel>;

  constructor(private readonly options: QueueOptions) {
    this.#connection = this.#open();
  }

  /** Resolves once the broker has stored the event on disk. @throws {DependencyUnavailable} otherwise */
  async publish(event: DomainEvent): Promise<void> {
    const channel = this.#requireChannel();
    const confirmed = new Promise<void>((resolve, reject) => {
      channel.publish(
        EXCHANGE,
        event.routingKey,
        Buffer.from(JSON.stringify(event.body)),
        {
          persistent: true,
          contentType: "application/json",
          messageId: event.id,
          appId: this.options.service,
          timestamp: Math.floor(Date.now() / 1_000),
          headers: { "x-request-id": event.requestId },
        },
        (error) => (error ? reject(error) : resolve()),
      );
    });
    await within(CONFIRM_TIMEOUT, confirmed).catch((cause) => {
      throw new DependencyUnavailable("messageQueue", cause);
    });
  }

  async check(): Promise<void> {
    await this.#requireChannel().checkExchange(EXCHANGE);
  }

  async close(): Promise<void> {
    this.#closing = true;
    // Closing the channel ends the consumer and sends what was acknowledged; the broker keeps the rest.
    await this.#channel?.close();
    const connection = await this.#connection;
    await connection.close();
  }

  #requireChannel(): ConfirmChannel {
    if (!this.#channel || this.#blocked) throw new DependencyUnavailable("messageQueue");
    return this.#channel;
  }

  async #open(): Promise<RecoveringChannelModel> {
    const { log, instance, onAvailable } = this.options;
    const url = new URL(this.options.url);
    url.searchParams.set("heartbeat", "10");
    const connection = await connect(url.href, {
      timeout: 3_000,
      clientProperties: { connection_name: instance },
      recovery: {
        waitForConnect: false,
        initialDelay: 200,
        maxDelay: 5_000,
        jitter: 0.5,
        setup: (model: ChannelModel) => this.#setUp(model),
      },
    });
    connection.on("error", (err) => log.warn({ err }, "message queue connection failed"));
    connection.on("connect-failed", (err) => log.debug({ err }, "no message queue yet"));
    connection.on("connect", () => onAvailable?.());
    connection.on("blocked", (reason) => {
      this.#blocked = true;
      log.warn({ reason }, "the message queue takes no messages for now");
    });
    connection.on("unblocked", () => {
      this.#blocked = false;
      onAvailable?.();
    });
    return connection;
  }

  async #setUp(model: ChannelModel): Promise<void> {
    const { log, service, onEvent } = this.options;
    // The library listens only after this, and an error without a listener would end the process.
    model.on("error", (err) => log.debug({ err }, "message queue connection failed"));
    const channel = await model.createConfirmChannel();
    channel.on("error", (err) => log.warn({ err }, "message queue channel failed"));
    channel.once("close", () => {
      this.#channel = undefined;
      // A channel that the broker closed alone is mended like a lost connection: by a new one.
      if (!this.#closing) model.close().catch((err) => log.debug({ err }, "the connection was gone already"));
    });
    await channel.assertExchange(EXCHANGE, "topic", { durable: true });
    if (onEvent) await this.#consume(channel, service, onEvent);
    this.#blocked = false;
    this.#channel = channel;
  }

  async #consume(channel: ConfirmChannel, queue: string, onEvent: (event: DomainEvent) => void) {
    const dead = `${queue}.dead`;
    await channel.assertQueue(dead, { durable: true, arguments: { "x-queue-type": "quorum" } });
    await channel.assertQueue(queue, {
      durable: true,
      deadLetterExchange: "",
      deadLetterRoutingKey: dead,
      // The limit counts returns, and the first delivery is none.
      arguments: { "x-queue-type": "quorum", "x-delivery-limit": DELIVERIES - 1 },
    });
    await channel.bindQueue(queue, EXCHANGE, "#");
    await channel.prefetch(PREFETCH);
    await channel.consume(queue, (message) => {
      if (message) this.#deliver(channel, message, onEvent);
      // The broker ended the consumer, because the queue was deleted: start anew.
      else channel.close().catch((err) => this.options.log.debug({ err }, "the channel was gone already"));
    });
  }

  #deliver(channel: ConfirmChannel, message: ConsumeMessage, onEvent: (event: DomainEvent) => void): void {
    const { messageId, headers } = message.properties;
    try {
      onEvent({
        id: String(messageId ?? ""),
        routingKey: message.fields.routingKey,
        requestId: String(headers?.["x-request-id"] ?? ""),
        body: JSON.parse(message.content.toString()),
      });
    } catch (err) {
      this.options.log.warn({ err, messageId }, "could not handle a message; it goes back to the queue");
      channel.nack(message);
      return;
    }
    channel.ack(message);
  }
}
