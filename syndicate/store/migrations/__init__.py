# SPDX-License-Identifier: Apache-2.0
"""How a database of an older version becomes one of this: run by ``database.py`` when a store is opened."""
