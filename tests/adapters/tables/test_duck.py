"""The connection of our own: it prints nothing."""

import subprocess
import sys


def test_no_progress_is_drawn_on_stdout_where_duckdb_takes_the_caller_for_a_person():
    program = (
        "from x2vec.adapters.tables.duck import connect\n"
        "asked = \"SELECT current_setting('enable_progress_bar')\"\n"
        "print(connect().execute(asked).fetchall())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[(False,)]\n"
