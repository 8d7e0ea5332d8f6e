"""Every limit of the local app, in one place; pages and refusals state the one they are about."""

MEBIBYTE = 1 << 20

MAX_UPLOAD_BYTES = 512 * MEBIBYTE
"""All files and fields of one form."""
MAX_FORM_BYTES = 64 * 1024
"""A form without files."""
MAX_FIELD_CHARACTERS = 200
"""Of one field of a form."""

BODY_WAIT_SECONDS = 30
"""Between two pieces of a request's body."""
ANSWER_SECONDS = 60
"""Until an answer begins."""
MAX_CONNECTIONS = 512

COMPUTING_AT_ONCE = 2
MAX_WAITING = 8
"""Computations that wait for their turn."""
WORK_MEMORY_BYTES = 4096 * MEBIBYTE
WORK_CPU_SECONDS = 900
WORK_WALL_SECONDS = 900
KEEP_RESULT_SECONDS = 30 * 60
"""How long a result can be read before it is deleted."""

MAX_LIVE_SESSIONS = 4
LIVE_MEMORY_BYTES = 2048 * MEBIBYTE
LIVE_IDLE_SECONDS = 30
"""A live session that nobody watches ends after this."""
LIVE_FRAMES_KEPT = 240
"""For readers that come back; who missed more starts from the newest state."""
