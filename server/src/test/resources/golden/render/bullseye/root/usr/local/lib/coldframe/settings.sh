# shellcheck shell=bash disable=SC2034
# What Coldframe's scripts on this node must know.
server='192.168.0.2'
sshd=on
