# The author's code: compiled so that `return` and `await` work at its top level, and so that errors show the lines of
# the file that the author wrote, and nothing of what is ours.
import ast as _ast
import types as _types

_TOP_LEVEL_AWAIT = _ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80
_MAX_TEXT = 10_000
_MAX_FRAMES = 30


class _Names(_ast.NodeVisitor):
    """What the top level binds, whether it returns, and whether it imports a star; inner scopes are not entered."""

    def __init__(self):
        self.names, self.returns, self.yields = set(), False, None

    def visit_Return(self, node):
        self.returns = True
        self.generic_visit(node)

    def visit_Name(self, node):
        if not isinstance(node.ctx, _ast.Load):
            self.names.add(node.id)

    def visit_NamedExpr(self, node):
        self.names.add(node.target.id)
        self.visit(node.value)

    def visit_FunctionDef(self, node):
        self.names.add(node.name)

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node):
        pass

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name != '*':
                self.names.add(alias.asname or alias.name.split('.')[0])

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node):
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node):
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node):
        if node.rest:
            self.names.add(node.rest)
        self.generic_visit(node)

    def visit_TypeAlias(self, node):
        self.names.add(node.name.id)

    def visit_Yield(self, node):
        self.yields = self.yields or node

    visit_YieldFrom = visit_Yield


class _IntoFunction(_ast.NodeTransformer):
    """What is allowed in a module but not in a function whose names are all global."""

    def visit_FunctionDef(self, node):
        return node

    visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = visit_FunctionDef

    def visit_Global(self, node):
        return _ast.copy_location(_ast.Pass(), node)

    def visit_AnnAssign(self, node):
        if not isinstance(node.target, _ast.Name):
            return node
        if node.value is None:
            return _ast.copy_location(_ast.Pass(), node)
        return _ast.copy_location(_ast.Assign(targets=[node.target], value=node.value), node)

    def visit_ImportFrom(self, node):
        if node.names[0].name != '*':
            return node
        name = '.' * node.level + (node.module or '')
        call = _ast.Call(_ast.Name('__import_star__', _ast.Load()), [_ast.Constant(name)], [])
        return _ast.fix_missing_locations(_ast.copy_location(_ast.Expr(call), node))


def _import_star(namespace):
    import importlib

    def star(name):
        module = importlib.import_module(name)
        for key in getattr(module, '__all__', None) or [key for key in vars(module) if not key.startswith('_')]:
            namespace[key] = getattr(module, key)

    return star


def compile_author(code, file, line):
    """The code object, and whether it must be called as a function. Raises SyntaxError with the author's lines."""
    text = '\n' * (line - 1) + code
    if 'return' not in code:
        return compile(text, file, 'exec', _TOP_LEVEL_AWAIT, dont_inherit=True), False
    tree = _ast.parse(text, file)
    found = _Names()
    found.visit(tree)
    if not found.returns:
        return compile(text, file, 'exec', _TOP_LEVEL_AWAIT, dont_inherit=True), False
    if found.yields is not None:
        where = found.yields
        raise SyntaxError("'yield' outside function", (file, where.lineno, where.col_offset + 1, None))
    futures = [one for one in tree.body if isinstance(one, _ast.ImportFrom) and one.module == '__future__']
    body = [_IntoFunction().visit(one) for one in tree.body if one not in futures]
    names = sorted(found.names)
    if names:
        body.insert(0, _ast.Global(names=names))
    nothing = _ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    for kind in (_ast.FunctionDef, _ast.AsyncFunctionDef):
        module = _ast.Module(body=[*futures, kind('__node__', nothing, body, [], None, None, [])], type_ignores=[])
        function = module.body[-1]
        # A line before the first, so that the first one counts as begun when it begins.
        function.lineno = function.end_lineno = max(line - 1, 0)
        function.col_offset = function.end_col_offset = 0
        _ast.fix_missing_locations(module)
        try:
            outer = compile(module, file, 'exec', dont_inherit=True)
            break
        except SyntaxError as error:
            # Awaiting code needs the other kind of function; every other fault is the same in both.
            if kind is _ast.AsyncFunctionDef or 'outside async function' not in str(error):
                raise
    inner = next(one for one in outer.co_consts if isinstance(one, _types.CodeType))
    return inner.replace(co_name='<module>', co_qualname='<module>'), True


def _line_of(code, first, line):
    """The text of a line of the file, as the author wrote it."""
    try:
        lines = code.split('\n')
        return lines[line - first].strip()[:500] if 0 <= line - first < len(lines) else None
    except BaseException:
        return None


def _words(error):
    try:
        text = str(error)
        return text.encode('utf-8', 'backslashreplace').decode('utf-8')[:_MAX_TEXT]
    except BaseException:
        return '(its message could not be read)'


def _frames(traceback, file, code, first):
    frames = []
    while traceback is not None and len(frames) < 2000:
        scope = traceback.tb_frame.f_code
        if scope.co_filename == file:
            line = traceback.tb_lineno or first
            frame = {'file': file, 'line': line, 'function': scope.co_qualname[:200]}
            source = _line_of(code, first, line)
            if source:
                frame['source'] = source
            frames.append(frame)
        traceback = traceback.tb_next
    return frames if len(frames) <= _MAX_FRAMES else frames[:10] + frames[10 - _MAX_FRAMES:]


def describe_syntax_error(error, file, code, first):
    line = error.lineno or first
    report = {
        'code': 'python.syntax_error',
        'message': f'{type(error).__name__}: {error.msg}',
        'exception': type(error).__name__,
        'file': file,
        'line': line,
    }
    source = _line_of(code, first, line)
    if source:
        report['source'] = source
    return report


def describe_error(error, file, code, first):
    """A failure as JSON: what happened, where in the author's file, and only the author's frames."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return describe_syntax_error(error, file, code, first)
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ in ('builtins', '__main__') else f'{kind.__module__}.{kind.__qualname__}'
    words = _words(error)
    report = {'code': 'python.exception', 'message': f'{name}: {words}' if words else name, 'exception': name}
    frames = _frames(error.__traceback__, file, code, first)
    if frames:
        report['frames'] = frames
        last = frames[-1]
        report.update({key: last[key] for key in ('file', 'line', 'source') if key in last})
    if isinstance(error, RecursionError):
        report['code'] = 'python.recursion_limit'
    elif isinstance(error, MemoryError):
        report['code'] = 'python.out_of_memory'
    elif isinstance(error, ModuleNotFoundError):
        report['hint'] = missing_module(getattr(error, 'name', None))
    elif isinstance(error, NotJson):
        where = error.path
        report.update(code='python.not_json', message=f'{where}: {error.what} is not JSON', exception='TypeError')
        if error.hint:
            report['hint'] = error.hint
    elif isinstance(error, BuiltinError):
        report['message'] = words
        if isinstance(error.code, str) and error.code:
            report['code'] = error.code
        if isinstance(error.hint, str) and error.hint:
            report['hint'] = error.hint
    return report
