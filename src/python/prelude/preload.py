# Imported before the memory snapshot is taken, so that importing them costs a workflow nothing.
import __future__, abc, argparse, array, ast, asyncio, base64, binascii, bisect, calendar, cmath, codecs, collections
import collections.abc, colorsys, concurrent.futures, configparser, contextlib, contextvars, copy, csv, dataclasses, datetime
import decimal, difflib, email.message, email.utils, enum, errno, fnmatch, fractions, functools, gc, getpass, glob, graphlib
import hashlib, heapq, hmac, html, html.parser, inspect, io, ipaddress, itertools, json, keyword, linecache, locale, logging
import math, numbers, operator, os, pathlib, pickle, pprint, pydoc, queue, random, re, reprlib, secrets, shlex, shutil
import signal, stat, statistics, string, struct, sys, tempfile, textwrap, threading, time, timeit, tokenize, traceback
import types, typing, unicodedata, urllib.parse, uuid, warnings, weakref, xml.etree.ElementTree, zipfile, zlib, zoneinfo
