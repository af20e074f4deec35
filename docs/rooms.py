"""Counts the imports between the rooms of the orchestrator and of gemma, and fails beyond their limits.

`python docs/rooms.py` prints the edges. A room is a folder; an edge is one room's import from another.
"""  # noqa: INP001 - a script

import sys
from graphlib import CycleError, TopologicalSorter

import grimp

# The most edges that each may have. A circle is never allowed.
_MOST_EDGES = {"orchestrator": 40, "services.gemma": 30}


def main() -> int:
    """Prints each house's edges; 1 if one has too many or a circle."""
    faults = []
    for house, most in _MOST_EDGES.items():
        edges = _edges(house)
        count = sum(map(len, edges.values()))
        print(f"{house}: {len(edges)} rooms, {count} of at most {most} edges")  # noqa: T201
        for room, others in sorted(edges.items()):
            if others:
                print(f"  {room} -> {', '.join(sorted(others))}")  # noqa: T201
        if count > most:
            faults.append(f"{house} has {count} edges, more than {most}")
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            faults.append(f"{house} has a circle: {' -> '.join(error.args[1])}")
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201
    return bool(faults)


def _edges(house: str) -> dict[str, set[str]]:
    graph = grimp.build_graph(house.partition(".")[0])
    edges: dict[str, set[str]] = {}
    for importer in graph.find_descendants(house):
        room = _room(house, importer)
        if not room:
            continue
        others = edges.setdefault(room, set())
        for imported in graph.find_modules_directly_imported_by(importer):
            if (other := _room(house, imported)) and other != room:
                others.add(other)
    return edges


def _room(house: str, module: str) -> str:
    """The folder that a module lies in; empty: it lies beside the rooms, or elsewhere."""
    room, _, rest = module.removeprefix(f"{house}.").partition(".")
    return room if rest and module.startswith(f"{house}.") else ""


if __name__ == "__main__":
    sys.exit(main())
