<#
.SYNOPSIS
Starts Rtc on Windows: in WSL 2 where a Linux distribution is set up, else in Docker Desktop.
.DESCRIPTION
Options go on to start.sh or, in Docker, to rtc serve: ./start.ps1 --port 9000
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [ValidateSet('auto', 'wsl', 'docker')]
    [string] $Use = 'auto',

    [Parameter(ValueFromRemainingArguments = $true)]
    [string[]] $ServeOptions = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Stop-WithMessage([string] $Message) {
    [Console]::Error.WriteLine("rtc: $Message")
    exit 1
}

function Test-Wsl {
    # Windows PowerShell 5.1 takes a program's stderr for an error of its own; here it is none.
    $ErrorActionPreference = 'Continue'
    if (-not (Get-Command wsl.exe -ErrorAction SilentlyContinue)) { return $false }
    # wsl.exe is on every Windows; only with a distribution does it run anything, and Docker Desktop's own has no bash.
    & wsl.exe --exec bash -c true 2>$null | Out-Null
    return $LASTEXITCODE -eq 0
}

function Test-Docker {
    $ErrorActionPreference = 'Continue'
    if (-not (Get-Command docker -ErrorAction SilentlyContinue)) { return $false }
    & docker info 2>$null | Out-Null
    return $LASTEXITCODE -eq 0
}

# With a card the image gets ONNX Runtime's CUDA and TensorRT, and the container the card.
function Test-NvidiaCard {
    $ErrorActionPreference = 'Continue'
    if ($env:RTC_GPU -eq 'no') { return $false }
    if ($env:RTC_GPU -eq 'yes') { return $true }
    if (-not (Get-Command nvidia-smi -ErrorAction SilentlyContinue)) { return $false }
    & nvidia-smi --list-gpus 2>$null | Out-Null
    return $LASTEXITCODE -eq 0
}

# The address of the card that leads out: phones on the same network reach this machine by it.
function Get-LanAddress {
    $route = Get-NetRoute -DestinationPrefix '0.0.0.0/0' -ErrorAction SilentlyContinue |
        Sort-Object -Property RouteMetric | Select-Object -First 1
    if ($null -eq $route) { return $null }
    $address = Get-NetIPAddress -InterfaceIndex $route.InterfaceIndex -AddressFamily IPv4 -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if ($null -eq $address) { return $null }
    return $address.IPAddress
}

# The number that follows a flag among the options, or the default.
function Get-Port([string] $Flag, [int] $Default) {
    $at = [Array]::IndexOf($ServeOptions, $Flag)
    if ($at -lt 0) { return $Default }
    $port = 0
    if ($at + 1 -ge $ServeOptions.Count -or -not [int]::TryParse($ServeOptions[$at + 1], [ref] $port)) {
        Stop-WithMessage "$Flag takes a port"
    }
    return $port
}

# Options and keys that are set in the environment go along, by name: no value stands on a command line.
function Get-OptionNames {
    return @(Get-ChildItem -Path env: | Where-Object { $_.Name -like 'RTC__*' } | ForEach-Object { $_.Name })
}

function Start-InWsl([string] $Address) {
    $linux = (& wsl.exe wslpath -a ($root -replace '\\', '/')).Trim()
    $options = @($ServeOptions)
    if ($Address -and $ServeOptions -notcontains '--advertise') {
        # WSL has a network of its own: phones come in by Windows' address, in mirrored networking mode directly.
        $options += @('--advertise', $Address, '--set', "Http:CertificateNames=$Address")
        Write-Host "Phones join at https://${Address}:$(Get-Port '--https-port' 8443)/phone?room=demo"
        Write-Host 'Where they do not get through: networkingMode=mirrored in the [wsl2] section of .wslconfig, and the ports open in the firewall.'
    }
    $env:WSLENV = (@($env:WSLENV) + @('RTC_GPU') + @(Get-OptionNames) | Where-Object { $_ }) -join ':'
    & wsl.exe --cd $linux --exec bash ./start.sh @options
    exit $LASTEXITCODE
}

function Start-InDocker([string] $Address) {
    $card = Test-NvidiaCard
    & docker build --build-arg "GPU=$($card.ToString().ToLowerInvariant())" --tag rtc $root
    if ($LASTEXITCODE -ne 0) { Stop-WithMessage 'the image could not be built' }
    $http = Get-Port '--port' 8080
    $https = Get-Port '--https-port' 8443
    $media = Get-Port '--media-port' 8444
    $arguments = @(
        'run', '--rm', '--interactive', '--init',
        '--publish', "${http}:${http}", '--publish', "${https}:${https}",
        '--publish', "${media}:${media}/udp", '--publish', "${media}:${media}/tcp",
        '--env', "RTC__HTTP__PORT=$http",
        '--env', 'RTC__TELEMETRY__JSONLOG=false',
        '--volume', 'rtc-state:/state', '--volume', 'rtc-models:/models')
    if ($Address) {
        $arguments += @('--env', "RTC__MEDIA__ADVERTISEDADDRESSES=$Address", '--env', "RTC__HTTP__CERTIFICATENAMES=$Address")
        Write-Host "Phones join at https://${Address}:$https/phone?room=demo"
    }
    if ($card) { $arguments += @('--gpus', 'all') }
    foreach ($name in Get-OptionNames) { $arguments += @('--env', $name) }
    $arguments += @('rtc', 'serve') + $ServeOptions
    & docker @arguments
    exit $LASTEXITCODE
}

$address = Get-LanAddress
if ($Use -ne 'docker' -and (Test-Wsl)) { Start-InWsl $address }
if ($Use -ne 'wsl' -and (Test-Docker)) { Start-InDocker $address }
switch ($Use) {
    'wsl' { Stop-WithMessage 'WSL has no Linux distribution: wsl --install, then start again' }
    'docker' { Stop-WithMessage 'Docker does not answer: is Docker Desktop started?' }
    default { Stop-WithMessage 'neither WSL 2 (wsl --install) nor Docker Desktop (https://www.docker.com/products/docker-desktop) is here' }
}
