# SPDX-License-Identifier: Apache-2.0
"""What Alembic runs to migrate: inside the transaction that ``database.py`` began, so a killed step leaves nothing."""

from alembic import context

from syndicate.store.columns import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
