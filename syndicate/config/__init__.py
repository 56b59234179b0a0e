# SPDX-License-Identifier: Apache-2.0
"""Configuration: text in, one frozen ``Config`` out, or every mistake at once with its line."""
