# SPDX-License-Identifier: Apache-2.0
"""The operator's console at /admin/: rooms that show what is, and acts that call what the commands call.

It holds no rules and knows no second way to do a thing. A room is a function of the house and a visit; what it shows is
a template and its values. Works without JavaScript.
"""
