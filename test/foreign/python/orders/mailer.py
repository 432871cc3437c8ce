"""Takes orders from the queue and tells whoever subscribes to them over MQTT."""

import os
import signal
import sys

import pika
from paho.mqtt import publish


def main() -> None:
    host, port = os.environ["MQTT_ADDRESS"].split(":")

    def on_order(channel, method, _, body: bytes) -> None:
        publish.single("orders", body, qos=1, retain=True, hostname=host, port=int(port))
        channel.basic_ack(method.delivery_tag)
        print("sent", body.decode(), flush=True)

    with pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"])) as connection:
        channel = connection.channel()
        channel.queue_declare("orders", durable=True)
        channel.basic_qos(prefetch_count=1)
        channel.basic_consume("orders", on_order)
        print("waiting for orders", flush=True)
        channel.start_consuming()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main()
