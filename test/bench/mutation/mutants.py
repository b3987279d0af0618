"""Makes faulty versions of a piece of Python, each with one small fault such as people make.

Works on the syntax tree. Left alone is what a workflow does not promise: annotations, docstrings, imports, and what it
logs. Answers in the order of the code, so that the same code gives the same list.
"""

import ast

SWAPPED_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SWAPPED_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
SWAPPED_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "round": "int",
    "startswith": "endswith",
    "endswith": "startswith",
}
LOST = object()
NOTHING = "nothing"


class Place:
    """Where in the tree a node stands, so that another can stand there for a moment."""

    def __init__(self, holder, field: str, index: int | None = None):
        self.holder, self.field, self.index = holder, field, index
        self.all = getattr(holder, field)
        self.node = self.all if index is None else self.all[index]

    def put(self, node) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            between = [] if node is LOST else [node]
            setattr(self.holder, self.field, [*self.all[: self.index], *between, *self.all[self.index + 1 :]])

    def restore(self) -> None:
        setattr(self.holder, self.field, self.all)


def places(holder):
    """Every place below, in the order of the code, without those that are left alone."""
    for field, value in ast.iter_fields(holder):
        if field in ("annotation", "returns", "ctx", "ops", "op"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or is_left_alone(node):
                continue
            place = Place(holder, field, index)
            yield place
            yield from places(node)


def is_left_alone(node) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    called = getattr(node.value, "func", None)
    return getattr(getattr(called, "value", called), "id", None) in ("log", "print")


class Instead:
    """What stands there now, with words for what changed where the whole would say too much."""

    def __init__(self, node, before: str, after: str):
        self.node, self.before, self.after = node, before, after


def faulty(place: Place, fields: list[str]):
    """What could stand in this place by mistake; LOST stands for nothing at all. `fields` are those that the code reads."""
    node, holder = place.node, place.holder
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                for other in SWAPPED_COMPARISONS[type(operator)]:
                    ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                    yield ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield from node.values if len(node.values) == 2 else ()
            for index in range(len(node.values)) if len(node.values) > 2 else ():
                yield ast.BoolOp(node.op, without(node.values, index))
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp():
            if other := SWAPPED_OPERATORS.get(type(node.op)):
                yield ast.BinOp(node.left, other(), node.right)
            yield node.left
            yield node.right
        case ast.Constant(value=str()) if isinstance(holder, ast.Subscript):
            # Without any name there would be no such field, which is too easy to notice.
            yield ast.Constant(fields[(fields.index(node.value) + 1) % len(fields)])
        case ast.Constant(value=str()) if isinstance(holder, ast.Dict) and place.field == "keys":
            return
        case ast.Constant():
            yield from faulty_constants(node.value, holder)
        case ast.FormattedValue():
            if node.format_spec:
                yield ast.FormattedValue(node.value, node.conversion, None)
            yield LOST
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Call():
            yield from faulty_calls(node, holder)
        case ast.Slice():
            yield ast.Slice(None, None, None)
            if node.upper:
                for operator in (ast.Add(), ast.Sub()):
                    yield ast.Slice(node.lower, ast.BinOp(node.upper, operator, ast.Constant(1)), node.step)
            if not node.lower:
                yield ast.Slice(ast.Constant(1), node.upper, node.step)
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.AugAssign():
            if other := SWAPPED_OPERATORS.get(type(node.op)):
                yield ast.AugAssign(node.target, other(), node.value)
            yield ast.Assign([node.target], node.value, lineno=node.lineno)
        case ast.Continue():
            yield ast.Pass()
            yield ast.Break()
        case ast.Return():
            if node.value and not (isinstance(node.value, ast.Constant) and node.value.value is None):
                yield ast.Return(None)
        case ast.Dict():
            for index in range(len(node.keys)):
                keys, values = without(node.keys, index), without(node.values, index)
                entry = ast.unparse(ast.Dict([node.keys[index]], [node.values[index]]))
                yield Instead(ast.Dict(keys, values), entry[1:-1], NOTHING)
    if isinstance(holder, (ast.List, ast.Set)) or isinstance(holder, ast.Tuple) and isinstance(holder.ctx, ast.Load):
        yield LOST
    if isinstance(holder, ast.comprehension) and place.field == "ifs":
        yield LOST
    if isinstance(holder, ast.If) and place.field == "test":
        yield ast.Constant(True)
        yield ast.Constant(False)
    if isinstance(holder, (ast.For, ast.comprehension)) and place.field == "iter":
        everything = ast.Call(ast.Name("list"), [node], [])
        yield ast.Subscript(everything, ast.Slice(ast.Constant(1)))


def faulty_constants(value, holder):
    match value:
        case bool():
            yield ast.Constant(not value)
        case int() | float():
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case None if not isinstance(holder, ast.Compare):
            yield ast.Constant("")
        case "":
            yield ast.Constant("x")
        case str():
            yield ast.Constant("")


def faulty_calls(node, holder):
    name = getattr(node.func, "attr", getattr(node.func, "id", None))
    if other := SWAPPED_NAMES.get(name):
        if isinstance(node.func, ast.Attribute):
            yield ast.Call(ast.Attribute(node.func.value, other), node.args, node.keywords)
        else:
            kept = [] if other in ("list", "int") else node.keywords
            yield ast.Call(ast.Name(other), node.args[:1] if other == "int" else node.args, kept)
    for index in range(len(node.keywords)):
        fewer = ast.Call(node.func, node.args, without(node.keywords, index))
        yield Instead(fewer, ast.unparse(node.keywords[index]), NOTHING)
    if len(node.args) > 1:
        fewer = ast.Call(node.func, node.args[:-1], node.keywords)
        yield Instead(fewer, ast.unparse(node.args[-1]), NOTHING)
    if isinstance(holder, ast.Expr):
        return
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    elif len(node.args) == 1 and not node.keywords:
        yield node.args[0]


def fields_of(tree) -> list[str]:
    """The texts in brackets, such as `stock` of `item["stock"]`, each once, in the order of the code."""
    in_order = [place.node for place in places(tree) if isinstance(place.holder, ast.Subscript)]
    texts = [node.value for node in in_order if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return list(dict.fromkeys(texts))


def without(entries: list, index: int) -> list:
    return [*entries[:index], *entries[index + 1 :]]


def words(place: Place, node) -> str:
    """One line, also for code of several. Parts of an f-string are no code by themselves."""
    if node is LOST:
        return NOTHING
    whole = ast.JoinedStr([node]) if isinstance(place.holder, ast.JoinedStr) else node
    return " ".join(ast.unparse(ast.fix_missing_locations(whole)).split())


def mutants(code: str) -> list[dict]:
    """Each with its line (number and text), what stood there, what stands there now, and the whole of the code."""
    tree = ast.parse(code)
    lines = code.splitlines()
    fields = fields_of(tree)
    seen = {ast.unparse(tree)}
    made = []
    for place in list(places(tree)):
        for other in faulty(place, fields):
            node = other.node if isinstance(other, Instead) else other
            before, after = (
                (other.before, other.after)
                if isinstance(other, Instead)
                else (words(place, place.node), words(place, other))
            )
            place.put(node)
            changed = ast.unparse(ast.fix_missing_locations(tree))
            place.restore()
            if changed in seen:
                continue
            seen.add(changed)
            line = getattr(place.node, "lineno", None) or place.holder.lineno
            made.append({"line": line, "at": lines[line - 1].strip(), "from": before, "to": after, "code": changed})
    return made
