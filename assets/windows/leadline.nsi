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

; A scheme that no program has is ours at once; for others Windows asks, and offers Leadline.
!macro Scheme NAME
	WriteRegStr HKCU "Software\Leadline\Capabilities\URLAssociations" "${NAME}" "Leadline.Link"
	ReadRegStr $0 HKCR "${NAME}\shell\open\command" ""
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
	File "${SOURCE}\leadline.exe"
	File "${SOURCE}\leadline-server.exe"
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

Section /o "$(session)" Session
	WriteRegStr HKCU "${RUN}" "Leadline" '"$INSTDIR\leadline.exe"'
SectionEnd

; What the program has written stays: the customers are no part of the program.
Section "Uninstall"
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
	Delete "$INSTDIR\leadline.exe"
	Delete "$INSTDIR\leadline-server.exe"
	Delete "$INSTDIR\LICENSE"
	Delete "$INSTDIR\NOTICE.md"
	Delete "$INSTDIR\libraries.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
SectionEnd
