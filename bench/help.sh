# Sourced by the scripts here. Prints the command's help where it is asked for, with nothing built, and ends the script.
bench_help() {
  local folder
  folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  local command=$1 argument
  shift
  for argument in "$@"; do
    case $argument in
      --help | -h)
        cat "$folder/Rtc.Bench/Help/$command.txt"
        exit 0
        ;;
    esac
  done
}
