# Sourced by ./image-builder and scripts/*: finds a JDK 25, installs what is missing from Debian's packages.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
die() { printf 'image-builder: %s\n' "$*" >&2; exit 1; }

# Prints the folder of a JDK 25: JAVA_HOME's, that of javac on the PATH, or one in a usual place.
find_jdk() {
  local folder line on_path
  on_path=$(readlink -f "$(command -v javac 2>/dev/null)" 2>/dev/null) || on_path=
  for folder in "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.sdkman/candidates/java/*; do
    if [ ! -x "$folder/bin/javac" ] || [ ! -r "$folder/release" ]; then continue; fi
    while read -r line; do
      case $line in 'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) printf '%s\n' "$folder"; return ;; esac
    done <"$folder/release"
  done
  die "no JDK 25 found: install one (for instance Eclipse Temurin 25) below /usr/lib/jvm, or set JAVA_HOME to it"
}

# True if a program is there; system folders are not on every user's PATH.
has_program() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

# The example's base image is made from it, so it has to run without any library.
has_static_busybox() {
  local program
  program=$(command -v busybox) && ! grep -qaE '/ld-(linux|musl)' "$program"
}

# require "WHAT FOR" LOG PACKAGE...: installs the packages; says so before, and asks where there is somebody to ask.
require() {
  local what=$1 log=$2 answer
  shift 2
  local line="apt-get install --no-install-recommends $*"
  has_program apt-get || die "$what needs these programs, which are not installed: $*"
  [ "$(id -u)" = 0 ] || die "$what needs Debian packages that are not installed. Type: sudo $line"
  if [ -t 0 ] && [ -t 2 ]; then
    read -r -p "$what needs: $*. Install with apt now? [Y/n] " answer
    case $answer in '' | [Yy]*) ;; *) die "not installed. Later: $line" ;; esac
  else
    say "$what needs: $*. Installing with apt."
  fi
  install_packages "$log" "$@" || { tail -n 15 "$log" >&2; die "apt failed, all of its output is in $log"; }
}

# No service that a package brings is started. Old package lists are renewed when they turn out to be too old.
install_packages() {
  local log=$1 policy=/usr/sbin/policy-rc.d rc=0
  shift
  mkdir -p "$(dirname "$log")"
  if [ -e "$policy" ]; then policy=; else printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"; fi
  {
    apt_install "$@" || { apt-get -q update && apt_install "$@"; }
  } >"$log" 2>&1 </dev/null || rc=$?
  [ -z "$policy" ] || rm -f "$policy"
  return $rc
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 --no-install-recommends "$@"
}

# go_install FOLDER PACKAGE@VERSION: through a module of our own, since "go install" itself refuses modules that exclude
# others. The program is told its version where its releases are: in a package named version.
go_install() {
  local folder=$1 package=${2%@*} version=${2#*@} build
  build=$(mktemp -d)
  (
    cd "$build" && export GOFLAGS=-mod=mod GOBIN=$folder CGO_ENABLED=0
    go mod init peers && go get -tool "$package@$version" \
      && go install -trimpath -ldflags "-s -w -X ${package%/cmd/*}/version.Version=$version" "$package"
  ) || { rm -rf "$build"; return 1; }
  rm -rf "$build"
}

# go_peers FOLDER MODULE@VERSION...: programs that Debian does not package, built once with Go where Go is; otherwise says
# which are left out.
go_peers() {
  local folder=$1 module name
  shift
  for module; do
    name=$(basename "${module%@*}")
    if has_program "$name" || [ -x "$folder/$name" ]; then continue; fi
    has_program go || { say "Go is not installed, so nothing is done with $name (go install $module)."; continue; }
    say "Building $name with Go, once."
    mkdir -p "$folder"
    go_install "$folder" "$module" >"$folder/$name.log" 2>&1 \
      || { tail -n 5 "$folder/$name.log" >&2; die "$name was not built, all of Go's output is in $folder/$name.log"; }
  done
}
