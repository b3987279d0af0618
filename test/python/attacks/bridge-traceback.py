# climb through the traceback of an error that our code raised
try:
    records.nothing
except AttributeError as error:
    trace = error.__traceback__
    while trace.tb_frame.f_back:
        trace = type('t', (), {'tb_frame': trace.tb_frame.f_back})
    held = trace.tb_frame.f_globals
    print('ESCAPED:', held['js'].process) if 'js' in held else None
