@echo off
rem Writes all data of docgen into a new zip file in the folder docgen-sao-luu, also while docgen is open.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%MACHINE%\Scripts\python.exe" goto not_installed
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\sao-luu.py" "%USERPROFILE%\docgen" "%USERPROFILE%\docgen-sao-luu"
if not "%ERRORLEVEL%"=="0" goto not_saved
type "%SYSTEM%\da-sao-luu.txt"
pause
exit /b 0

:not_installed
echo Chua cai docgen o day. Chay cai-dat.bat truoc, trong thu muc da giai nen.
pause
exit /b 1

:not_saved
type "%SYSTEM%\khong-sao-luu-duoc.txt"
pause
exit /b 1
