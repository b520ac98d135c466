@echo off
rem Opens docgen in the browser; the data lies in the folder docgen of the one who is signed in to Windows.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%MACHINE%\Scripts\python.exe" goto not_installed
type "%SYSTEM%\giu-cua-so.txt"
"%MACHINE%\Scripts\python.exe" -m docgen serve --data "%USERPROFILE%\docgen" --open
if not "%ERRORLEVEL%"=="0" goto stopped
pause
exit /b 0

:not_installed
echo Chua cai docgen o day. Chay cai-dat.bat truoc, trong thu muc da giai nen.
pause
exit /b 1

:stopped
type "%SYSTEM%\da-dung.txt"
pause
exit /b 1
