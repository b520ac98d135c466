@echo off
rem Puts back the data of docgen from the backup that was dropped on this file; what was there is kept beside.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%SYSTEM%\dat-lai.py" goto copied
if not exist "%MACHINE%\xong" goto not_installed
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if not "%ERRORLEVEL%"=="0" goto no_python
if "%~1"=="" goto how
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\dat-lai.py" "%~1"
if not "%ERRORLEVEL%"=="0" goto not_put_back
type "%SYSTEM%\da-dat-lai.txt"
pause
exit /b 0

:how
type "%SYSTEM%\cach-dat-lai.txt"
pause
exit /b 1

:copied
echo Tep nay da bi chep hay chuyen ra ngoai thu muc cua docgen. Xoa ban chep nay; vao thu muc cua docgen,
echo bam phai vao dat-lai.bat, chon "Send to" hay "Gui toi", roi "Desktop" hay "Man hinh nen".
pause
exit /b 1

:not_installed
type "%SYSTEM%\chua-cai.txt"
pause
exit /b 1

:no_python
type "%SYSTEM%\mat-python.txt"
pause
exit /b 1

:not_put_back
type "%SYSTEM%\khong-dat-lai-duoc.txt"
pause
exit /b 1
