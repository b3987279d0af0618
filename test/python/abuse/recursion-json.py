# deep JSON
# ends: python.recursion_limit python.crashed
import json
json.loads('[' * 10**6)
