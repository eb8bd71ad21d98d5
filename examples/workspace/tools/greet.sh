#!/bin/sh
# Says hello to its argument, else to the user.
echo "Hello, ${1:-$(id -un)}. This is your workspace."
