"""Orders over HTTP: they are kept in Postgres, and announced on the queue."""

import os
from contextlib import asynccontextmanager
from typing import Annotated

import pika
from fastapi import Depends, FastAPI
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from pydantic import BaseModel


class NewOrder(BaseModel):
    item: str


pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    kwargs={"row_factory": dict_row},
    min_size=1,
    max_size=int(os.environ["DATABASE_POOL_SIZE"]),
    open=False,
)


@asynccontextmanager
async def lifespan(_: FastAPI):
    with pool:
        yield


def connection():
    with pool.connection() as connection:
        yield connection


Database = Annotated[Connection, Depends(connection)]
app = FastAPI(
    title="orders",
    version=os.environ["SERVICE_VERSION"],
    openapi_url="/orders/openapi.json",
    lifespan=lifespan,
)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.get("/orders")
def list_orders(database: Database) -> list[dict]:
    return database.execute("SELECT * FROM orders ORDER BY id").fetchall()


@app.post("/orders", status_code=201)
def create_order(order: NewOrder, database: Database) -> dict:
    insert = "INSERT INTO orders (item) VALUES (%s) RETURNING id, item"
    created = database.execute(insert, [order.item]).fetchone()
    with pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"])) as queue:
        channel = queue.channel()
        channel.queue_declare("orders", durable=True)
        channel.basic_publish("", "orders", order.item.encode())
    return created
