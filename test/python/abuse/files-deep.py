# folders in folders
# ends: python.file_limit python.exception python.timed_out
import os
while True:
    os.mkdir('d')
    os.chdir('d')
