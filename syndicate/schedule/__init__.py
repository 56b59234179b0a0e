# SPDX-License-Identifier: Apache-2.0
"""What is due, and the ticks that do it. Calls the pipeline and holds no rules."""
