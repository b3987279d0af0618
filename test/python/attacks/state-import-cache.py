# caches of importers and of compiled patterns
import linecache, re, sys
print('ESCAPED: cache') if 'leak' in linecache.cache or '/tmp/leak' in sys.path_importer_cache else None
linecache.cache['leak'] = (1, None, ['x'], 'leak')
sys.path_importer_cache['/tmp/leak'] = None
re._cache.clear() if hasattr(re, '_cache') else None
