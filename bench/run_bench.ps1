# One run, with the options of run_bench.sh: --duration 30 --users 1 --view annotated|json|echo --output metrics.json ...
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
if ($args -contains '--help' -or $args -contains '-h') {
    Get-Content -Encoding utf8 (Join-Path $PSScriptRoot 'Rtc.Bench/Help/run.txt')
    exit 0
}
foreach ($project in 'src/Rtc.Server', 'bench/Rtc.Bench') {
    dotnet build -c Release -v q --nologo (Join-Path $root $project) | Out-Null
    if ($LASTEXITCODE -ne 0) { Write-Error "$project does not build"; exit 1 }
}
dotnet (Join-Path $root 'bench/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll') run @args
exit $LASTEXITCODE
