"""Small files that grow, or that make whoever reads them go round: (files, links) of a lake."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.support.full_lake import LOCK_FILE, STREAM
from tests.support.lakes import MINIMAL

REGISTRY = "dag/registry/lake.yaml"
MORE = "dag/registry/more.yaml"
LOCK = "dag/connectors/source-faker.json"

Bomb = tuple[Mapping[str, str], Mapping[str, str]]


def of(file: str, text: str) -> Bomb:
    return {file: text}, {}


def aliases(random: Random) -> Bomb:
    """Each list names the one before it some times."""
    width, levels = random.randint(2, 12), random.randint(20, 40)
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width if n else ['x'])}]\n" for n in range(levels)]
    return of(MORE, "".join(lines))


def merges(random: Random) -> Bomb:
    """The same of mappings that are merged."""
    width, levels = random.randint(2, 6), random.randint(20, 40)
    lines = ["m0: &m0 {x: 1}\n"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * width)}], k{n}: *m{n - 1}}}\n" for n in range(1, levels)]
    return of(MORE, "".join(lines))


def depth(random: Random) -> Bomb:
    opening = random.choice(["[", "{a: ", '{"a": [', "- ", "? ", "!x [", "&a ["])
    return of(random.choice([MORE, STREAM]), opening * random.randint(10_000, 200_000))


def long_scalar(random: Random) -> Bomb:
    letter = random.choice(["x", "9", "é", "\\u0041", "-", "#", "&", " ", "'"])
    return of(MORE, f'sources: "{letter * random.randint(10**6, 5 * 10**6)}"\n')


def many_entries(random: Random) -> Bomb:
    """Each of them a mistake."""
    line = random.choice(["  s%d: 5\n", "  s%d: {connector: x, zz: 1}\n", "  S-%d: {}\n", "  s: {a: %d}\n"])
    return of(MORE, f"{random.choice(['sources', 'connections'])}:\n" + "".join(line % n for n in range(5000)))


def misspelt(random: Random) -> Bomb:
    """Names that are all near to each other, and none of them there."""
    count = random.randint(500, 1500)
    sources = "".join(f"  source_{n}: {{connector: source-faker, configuration: {{count: 1}}}}\n" for n in range(count))
    wrong = "".join(f"  c{n}: {{source: sorce_{n}, destination: lake}}\n" for n in range(count))
    return of(MORE, f"sources:\n{sources}connections:\n{wrong}")


def links(random: Random) -> Bomb:
    """Folders whose links lead to the next one: twice as many ways with each."""
    place = random.choice(["dag/registry", "dag/streams/faker", "dag/sources/faker", "dag/connectors"])
    levels, names = random.randint(20, 30), "ab"
    files = {f"{place}/f{n}/keep.txt": "" for n in range(levels + 1)}
    return files, {f"{place}/f{n}/{name}": f"../f{n + 1}" for n in range(levels) for name in names}


def circle(random: Random) -> Bomb:
    place = random.choice(["dag/registry", "dag/streams", "dag/streams/faker", "dag/sources"])
    return {}, {f"{place}/{name}": target for name, target in (("x", "."), ("y", ".."), ("z", "z"), ("w", "/"))}


def devices(random: Random) -> Bomb:
    """Files without an end, or that nobody writes."""
    place = random.choice(
        ["dag/registry/d.yaml", "dag/streams/faker/d.json", "dag/connectors/d.json", "dag/sources/faker/d.json"]
    )
    return {}, {
        place: random.choice(["/dev/zero", "/dev/random", "/dev/stdin", "/dev/tty", "/proc/self/mem", "/proc/kmsg"])
    }


PATTERNS = (
    "(a+)+$",
    "(?=(a+))a*b\\1",
    "^(a|a)*$",
    "(.*)*x",
    "([a-z]+)*\\d",
    "(a?){60}a{60}",
    "(",
    "[",
    "\\p{Zz}",
    "a{1,100000}",
)


def pattern(random: Random) -> Bomb:
    """An option whose pattern goes through all ways."""
    spec: dict[str, Any] = {
        "type": "object",
        "properties": {"count": {"type": "string", "pattern": random.choice(PATTERNS)}},
    }
    lock = json.dumps({**json.loads(LOCK_FILE), "spec": spec})
    registry = str(MINIMAL[REGISTRY]).replace("count: 10", f"count: {'a' * random.randint(30, 5000)}")
    return {LOCK: lock, REGISTRY: registry}, {}


def references(random: Random) -> Bomb:
    """A spec whose definitions name the next one, some times each."""
    width, levels = random.randint(2, 5), random.randint(18, 30)
    definitions: dict[str, Any] = {f"d{levels}": {"type": "string"}}
    for n in range(levels):
        next_ = {"$ref": f"#/definitions/d{n + 1}"}
        definitions[f"d{n}"] = {"type": "object", "properties": {f"p{m}": next_ for m in range(width)}}
    spec = {"type": "object", "properties": {"x": {"$ref": "#/definitions/d0"}}, "definitions": definitions}
    return of("spec.json", json.dumps(spec))


def loops(random: Random) -> Bomb:
    """A spec that names itself."""
    target = random.choice(
        ["#", "#/properties/x", "#/definitions/a", "https://example.com/x.json", "#/nowhere", "x.json"]
    )
    a = {"type": "object", "properties": {"b": {"$ref": "#/definitions/a"}}}
    return of(
        "spec.json", json.dumps({"type": "object", "properties": {"x": {"$ref": target}}, "definitions": {"a": a}})
    )


def streams(random: Random) -> Bomb:
    """A catalog of many, each with the same name or with names that differ by their case."""
    name = random.choice(["same", "Same", "s%d"])
    files = {f"dag/streams/faker/s{n}.json": json.dumps({"stream": name.replace("%d", str(n))}) for n in range(400)}
    return {**files, MORE: "retired: []\n"}, {}


BOMBS: Mapping[str, Callable[[Random], Bomb]] = {
    one.__name__: one
    for one in (
        links,
        merges,
        aliases,
        depth,
        long_scalar,
        many_entries,
        misspelt,
        circle,
        devices,
        pattern,
        references,
        loops,
        streams,
    )
}
