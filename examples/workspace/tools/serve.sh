#!/bin/sh
# Serves the workspace's page on port 8000 until it is stopped.
exec httpd -f -p 8000 -h /usr/local/share/site
