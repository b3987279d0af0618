# a tracer, a profiler and a monitor left behind
import sys, threading
print('ESCAPED: tracer') if sys.gettrace() or sys.getprofile() or sys.monitoring.get_tool(2) else None
sys.settrace(lambda *a: None)
sys.setprofile(lambda *a: None)
sys.monitoring.use_tool_id(2, 'spy')
sys.monitoring.free_tool_id(4)
