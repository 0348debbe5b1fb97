"""The errors of lakeform, and what becomes of each.

What is wrong in the files is no error: it is a Problem, and all of them are told at once.

    UserError                       ends the command with its message and exit code 2
      ClusterError                  what kubectl could not do (infra/gitops/cluster/kubectl_errors.py)
      TooMuchError                a program that writes without an end (infra/base/process.py)
      ProblemsError               the problems of a lake that a command does not work on (infra/lake/documents/problem.py)
      ConnectorFailedError        a connector that was run and failed (infra/airbyte/local/conversation.py)
      NotOnIndexError             a connector that cannot be installed, for which there is another way
                                  (infra/airbyte/local/cache.py)
      RefusedError                  what an Airbyte server refused (infra/airbyte/server/api_errors.py)
    PydanticCustomError             of a validator, made by `refuse`: a Problem (infra/lake/documents/parse.py)
    UnreadableError                 a file that is no text: a Problem, or a UserError (infra/lake/documents/files.py)
    HclError                        a file of Terraform: a Problem, or a line of a review (infra/lake/documents/hcl.py)
    TransportError                  no answer of a server: a UserError, once it is known what was asked for
                                    (infra/base/transport.py)
    GitError                        git refuses: another way is tried, else a UserError (infra/base/git.py)
    UnreachableIndexError           no package index: what is installed is taken, else a UserError
                                    (infra/airbyte/local/index.py)

Any other exception is a mistake of ours, save OSError and KeyboardInterrupt, which end a command without a traceback
(infra/base/exit_codes.py).
"""

from __future__ import annotations


class UserError(Exception):
    """A wrong use, a missing tool, a network that does not answer: one clear message, exit code 2."""
