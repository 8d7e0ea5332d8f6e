"""How deep a parsed document is nested, found without recursion."""


def deeper_than(levels: int, data: object) -> bool:
    """Whether tables and arrays stand more than ``levels`` inside one another."""
    level: list[object] = [data]
    for _ in range(levels):
        level = [
            child
            for value in level
            for child in (
                value.values()
                if isinstance(value, dict)
                else value
                if isinstance(value, list)
                else ()
            )
        ]
    return bool(level)
