"""Reading what stands in files from anywhere: a pure library of texts and lines, without Django or database.

Its functions take a path and give plain values. They believe nothing a file says of itself, and are bounded
in what they read; they run in the room that is bounded as a whole (docs/adr).
"""
