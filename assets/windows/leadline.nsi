; The installer of Leadline for Windows, for the person who runs it: no administrator is needed.
; .ci/package-windows runs it with VERSION, SOURCE (the folder of leadline.exe) and OUT.
Unicode true
Target amd64-unicode
!include MUI2.nsh

Name "Leadline ${VERSION}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Leadline"
InstallDirRegKey HKCU "Software\Leadline" "InstallDir"
SetCompressor /SOLID lzma

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Leadline"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"

!define MUI_ICON "${SOURCE}\leadline.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\leadline.exe"
!insertmacro MUI_PAGE_LICENSE "${SOURCE}\LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString program ${LANG_ENGLISH} "Leadline"
LangString program ${LANG_GERMAN} "Leadline"
LangString links ${LANG_ENGLISH} "Open tel:, sip: and callto: links"
LangString links ${LANG_GERMAN} "tel:-, sip:- und callto:-Links öffnen"
LangString session ${LANG_ENGLISH} "Start with the session"
LangString session ${LANG_GERMAN} "Mit der Anmeldung starten"
LangString about ${LANG_ENGLISH} "Softphone with the company's customers in it"
LangString about ${LANG_GERMAN} "Softphone mit den Kunden des Unternehmens"
LangString running ${LANG_ENGLISH} "Leadline is running. End it, then try again."
LangString running ${LANG_GERMAN} "Leadline läuft noch. Beenden Sie es und versuchen Sie es dann noch einmal."

; Windows writes over no program that runs, but renames it: a call that is up goes on, and the next start is the new version.
!macro Program NAME
	ClearErrors
	Delete "$INSTDIR\${NAME}"
	IfErrors 0 +4
	GetTempFileName $0 "$INSTDIR"
	Delete "$0"
	Rename "$INSTDIR\${NAME}" "$0.old"
	File "${SOURCE}\${NAME}"
!macroend

; A program that runs is not taken away, nor is anything else then.
!macro UnProgram NAME
	ClearErrors
	Delete "$INSTDIR\${NAME}"
	IfErrors 0 +4
	MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(running)" /SD IDCANCEL IDRETRY -3
	SetErrorLevel 2
	Abort
!macroend

; A scheme that no program has, or an earlier Leadline in another folder, is ours at once; for others Windows asks, and
; offers Leadline.
!macro Scheme NAME
	WriteRegStr HKCU "Software\Leadline\Capabilities\URLAssociations" "${NAME}" "Leadline.Link"
	ReadRegStr $0 HKCU "Software\Classes\${NAME}\shell\open\command" ""
	StrCmp $0 "" 0 +2 ; HKCR has both, but not under Wine
	ReadRegStr $0 HKCR "${NAME}\shell\open\command" ""
	StrCpy $1 $0 "" -19
	StrCmp $1 '\leadline.exe" "%1"' +2
	StrCmp $0 "" 0 +4
	WriteRegStr HKCU "Software\Classes\${NAME}" "" "URL:${NAME}"
	WriteRegStr HKCU "Software\Classes\${NAME}" "URL Protocol" ""
	WriteRegStr HKCU "Software\Classes\${NAME}\shell\open\command" "" '"$INSTDIR\leadline.exe" "%1"'
!macroend

; Only what still points to us is taken away.
!macro UnScheme NAME
	ReadRegStr $0 HKCU "Software\Classes\${NAME}\shell\open\command" ""
	StrCmp $0 '"$INSTDIR\leadline.exe" "%1"' 0 +2
	DeleteRegKey HKCU "Software\Classes\${NAME}"
!macroend

Section "$(program)" Program
	SectionIn RO
	SetOutPath "$INSTDIR"
	Delete "$INSTDIR\*.old" ; what earlier updates have renamed, unless it runs to this day
	!insertmacro Program leadline.exe
	!insertmacro Program leadline-server.exe
	File "${SOURCE}\LICENSE"
	File "${SOURCE}\NOTICE.md"
	File "${SOURCE}\libraries.txt"
	CreateShortCut "$SMPROGRAMS\Leadline.lnk" "$INSTDIR\leadline.exe"
	WriteRegStr HKCU "Software\Leadline" "InstallDir" "$INSTDIR"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Leadline"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
	WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\leadline.exe"
	WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
	WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
	WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "$(links)" Links
	WriteRegStr HKCU "Software\Classes\Leadline.Link" "" "Leadline"
	WriteRegStr HKCU "Software\Classes\Leadline.Link" "URL Protocol" ""
	WriteRegStr HKCU "Software\Classes\Leadline.Link\shell\open\command" "" '"$INSTDIR\leadline.exe" "%1"'
	WriteRegStr HKCU "Software\Leadline\Capabilities" "ApplicationName" "Leadline"
	WriteRegStr HKCU "Software\Leadline\Capabilities" "ApplicationDescription" "$(about)"
	WriteRegStr HKCU "Software\RegisteredApplications" "Leadline" "Software\Leadline\Capabilities"
	!insertmacro Scheme tel
	!insertmacro Scheme sip
	!insertmacro Scheme sips
	!insertmacro Scheme callto
SectionEnd

; Where an earlier Leadline in another folder starts with the session, this one does; the settings may have added arguments,
; which stay with their program.
Section
	ReadRegStr $0 HKCU "${RUN}" "Leadline"
	StrCpy $1 $0 "" -14
	StrCmp $1 '\leadline.exe"' 0 +2
	WriteRegStr HKCU "${RUN}" "Leadline" '"$INSTDIR\leadline.exe"'
SectionEnd

Section /o "$(session)" Session
	WriteRegStr HKCU "${RUN}" "Leadline" '"$INSTDIR\leadline.exe"'
SectionEnd

; What the program has written stays: the customers are no part of the program.
Section "Uninstall"
	!insertmacro UnProgram leadline.exe
	!insertmacro UnProgram leadline-server.exe
	!insertmacro UnScheme tel
	!insertmacro UnScheme sip
	!insertmacro UnScheme sips
	!insertmacro UnScheme callto
	DeleteRegKey HKCU "Software\Classes\Leadline.Link"
	DeleteRegValue HKCU "Software\RegisteredApplications" "Leadline"
	DeleteRegValue HKCU "${RUN}" "Leadline"
	DeleteRegKey HKCU "Software\Leadline"
	DeleteRegKey HKCU "${UNINSTALL}"
	Delete "$SMPROGRAMS\Leadline.lnk"
	Delete "$INSTDIR\*.old"
	Delete "$INSTDIR\LICENSE"
	Delete "$INSTDIR\NOTICE.md"
	Delete "$INSTDIR\libraries.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
SectionEnd
