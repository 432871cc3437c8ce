"""A customer of each order: forgotten is that there are orders already."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN customer text NOT NULL")
