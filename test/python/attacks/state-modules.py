# modules patched, added and hidden
import json, sys, types
print('ESCAPED: json is changed') if hasattr(json, 'leak') or 'planted' in sys.modules else None
json.leak = 1
json.dumps = json.loads = None
sys.modules['planted'] = types.ModuleType('planted')
sys.modules['math'] = sys.modules['planted']
