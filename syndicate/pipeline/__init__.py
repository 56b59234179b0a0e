# SPDX-License-Identifier: Apache-2.0
"""The one place that knows the order: poll, compose, release, deliver. Everything else calls these."""
