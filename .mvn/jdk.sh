# For scripts to source: find_jdk prints the home of a JDK 25, or says in one line what is missing.
# shellcheck shell=bash

version=25

# A JDK says its version in the file "release": reading it is faster than starting it.
is_jdk() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    grep -q "^JAVA_VERSION=\"$version[\".+-]" "$1/release"
}

# The home of the javac on the PATH, with symbolic links followed.
path_home() {
  local tool link
  tool=$(command -v javac) || return 0
  while [ -L "$tool" ]; do
    link=$(readlink "$tool")
    case $link in
      /*) tool=$link ;;
      *) tool=$(dirname "$tool")/$link ;;
    esac
  done
  (cd "$(dirname "$tool")/.." && pwd -P)
}

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" "$(path_home)" \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/*jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-${HOME:-/}/.sdkman}"/candidates/java/* \
    "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    "${HOME:-/}"/.local/share/mise/installs/java/* "${HOME:-/}"/.jbang/cache/jdks/*; do
    if is_jdk "$home"; then
      printf '%s\n' "$home"
      return
    fi
  done
  echo "plinth: no JDK $version found; get one from https://adoptium.net (or: sdk install java $version-tem) or set JAVA_HOME to it." >&2
  return 1
}
