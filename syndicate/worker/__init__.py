# SPDX-License-Identifier: Apache-2.0
"""Workers on a shared PostgreSQL: what is due becomes jobs, and jobs are done, by any number of processes.

Procrastinate hands the jobs out. The truth stands in our tables: an empty queue is filled again by whoever leads.
"""
