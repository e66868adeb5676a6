"""Asks a Go engine what it thinks of a position, in the JSON protocol of KataGo's analysis engine.

    python ask_analysis.py --visits 200 E5 C3
    python ask_analysis.py --command "katago analysis -model ... -config ..." E5 C3
"""

import argparse
import json
import shlex
import subprocess

DEFAULT = "./tengen analysis --net net:go9"


class AnalysisEngine:
    """A running engine; a context manager.

    Parameters
    ----------
    command : str
        As in a shell.
    """

    def __init__(self, command=DEFAULT):
        self._process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def ask(self, moves, size=9, komi=7, rules="tromp-taylor", visits=100):
        """One position.

        Parameters
        ----------
        moves : sequence of str
            In GTP's names, Black's first: "E5", "pass".
        size : int
        komi : float
        rules : str
        visits : int

        Returns
        -------
        dict
            The answer, with `rootInfo` and `moveInfos`.

        Raises
        ------
        RuntimeError
            The engine refused the question or ended.
        """
        query = {
            "id": "question",
            "moves": [["BW"[i % 2], move] for i, move in enumerate(moves)],
            "rules": rules,
            "komi": komi,
            "boardXSize": size,
            "boardYSize": size,
            "maxVisits": visits,
        }
        self._process.stdin.write(json.dumps(query) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError(f"the engine says: {answer['error']}")
            if "moveInfos" in answer and not answer.get("isDuringSearch"):
                return answer
        raise RuntimeError("the engine ended without an answer")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("moves", nargs="*")
    parser.add_argument("--command", default=DEFAULT)
    parser.add_argument("--size", type=int, default=9)
    parser.add_argument("--visits", type=int, default=100)
    arguments = parser.parse_args()
    with AnalysisEngine(arguments.command) as engine:
        answer = engine.ask(arguments.moves, arguments.size, visits=arguments.visits)
    print(f"win rate {answer['rootInfo']['winrate']:.3f}")
    for info in answer["moveInfos"][:5]:
        print(f"{info['move']:5s} {info['visits']:5d} visits  {info['winrate']:.3f}  "
              f"{' '.join(info['pv'][:6])}")
