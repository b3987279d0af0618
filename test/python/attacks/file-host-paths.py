# read files of the host
import os
for path in ('{{CANARY}}', '/etc/passwd', '/etc/hostname', '/proc/self/environ', '/proc/1/environ', '/proc/self/maps', '/proc/self/fd/0',
             '/sys/kernel/ostype', '/../../etc/passwd', '//etc/passwd', '/tmp/../etc/passwd', '/dev/mem', '/root/.ssh/id_rsa'):
    try:
        text = open(path).read(100)
    except (OSError, ValueError):
        continue
    if text:
        print('ESCAPED:', path, text)
