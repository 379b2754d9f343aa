"""How the lines of a document change: each row says whether it is new, changed or deleted ("Visma.net ERP API")."""

from sandbox.vismanet.answers import Record, plain_refusal


def with_changes(before: list[Record], rows: list[Record]) -> list[Record]:
    """Lay sent rows over the lines of a document; new lines get numbers that were never used before.

    Raises a 400 refusal for a row without an operation, or for a line that is not there.
    """
    lines = {line["lineNumber"]: line for line in before}
    following = max(lines, default=0) + 1
    for row in rows:
        sent = {name: value for name, value in row.items() if name != "operation"}
        operation, number = row.get("operation"), row.get("lineNumber")
        if operation == "Insert":
            lines[following] = {**sent, "lineNumber": following}
            following += 1
        elif operation is None:
            raise plain_refusal(400, "'Operation' cannot be empty: give Insert, Update or Delete for each line.")
        elif number not in lines:
            raise plain_refusal(400, f"Line {number} cannot be found in the document.")
        elif operation == "Delete":
            del lines[number]
        else:
            lines[number] = {**lines[number], **sent}
    return list(lines.values())
