# SPDX-License-Identifier: Apache-2.0
"""What the measurements of polling poll: many feeds on loopback, served by nginx."""
