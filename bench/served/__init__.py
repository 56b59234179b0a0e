# SPDX-License-Identifier: Apache-2.0
"""What measurements share: the programs that they start, and many feeds on loopback to poll."""
