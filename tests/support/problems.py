"""What every error must look like, said once."""


def assert_problem(answer, status, code=None):
    """`status` and `code`: one value, or several that are all right."""
    statuses = status if isinstance(status, (tuple, list, set)) else (status,)
    assert answer.status in statuses, answer
    assert answer.media_type == "application/problem+json", answer
    problem = answer.json
    for member in ("type", "title", "status", "code", "request_id"):
        assert member in problem, f"{member} is missing: {answer}"
    assert problem["status"] == answer.status, answer
    assert problem["type"].endswith(f"/v1/problems/{problem['code']}"), answer
    if code is not None:
        codes = code if isinstance(code, (tuple, list, set)) else (code,)
        assert problem["code"] in codes, answer
    return problem


def fault_codes(problem):
    return {fault["code"] for fault in problem.get("errors", [])}


def fault_at(problem, pointer):
    for fault in problem.get("errors", []):
        if fault.get("pointer") == pointer:
            return fault
    raise AssertionError(f"no fault at {pointer}: {problem}")


def fault_of(problem, parameter):
    for fault in problem.get("errors", []):
        if fault.get("parameter") == parameter:
            return fault
    raise AssertionError(f"no fault of parameter {parameter}: {problem}")
