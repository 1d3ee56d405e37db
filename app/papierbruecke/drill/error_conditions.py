"""The error states that a Konnektor may report: name, type, severity.

Source: gemSpec_Kon V5.18, TAB_KON_503.
"""

_OPERATION, _SECURITY = "Operation", "Security"

ERROR_CONDITIONS: dict[str, tuple[str, str]] = {
    "EC_CardTerminal_Software_Out_Of_Date": (_OPERATION, "Info"),
    "EC_CardTerminal_gSMC-KT_Certificate_Expires_Soon": (_OPERATION, "Info"),
    "EC_CardTerminal_Not_Available": (_OPERATION, "Error"),
    "EC_Connector_Software_Out_Of_Date": (_OPERATION, "Info"),
    "EC_FW_Update_Available": (_OPERATION, "Info"),
    "EC_FW_Not_Valid_Status_Blocked": (_SECURITY, "Fatal"),
    "EC_Time_Sync_Not_Successful": (_OPERATION, "Info"),
    "EC_Time_Sync_Pending_Warning": (_SECURITY, "Warning"),
    "EC_Time_Sync_Pending_Critical": (_SECURITY, "Fatal"),
    "EC_Time_Difference_Intolerable": (_SECURITY, "Fatal"),
    "EC_TSL_Update_Not_Successful": (_OPERATION, "Info"),
    "EC_TSL_Expiring": (_SECURITY, "Info"),
    "EC_TSL_Out_Of_Date_Within_Grace_Period": (_SECURITY, "Warning"),
    "EC_TSL_Out_Of_Date_Beyond_Grace_Period": (_SECURITY, "Fatal"),
    "EC_TSL_Trust_Anchor_Expiring": (_SECURITY, "Info"),
    "EC_TSL_Trust_Anchor_Out_Of_Date": (_SECURITY, "Fatal"),
    "EC_BNetzA_VL_Update_Not_Successful": (_OPERATION, "Info"),
    "EC_BNetzA_VL_not_valid": (_SECURITY, "Warning"),
    "EC_CRL_Expiring": (_SECURITY, "Warning"),
    "EC_CRL_Out_Of_Date": (_SECURITY, "Fatal"),
    "EC_LOG_OVERFLOW": (_OPERATION, "Warning"),
    "EC_No_VPN_TI_Connection": (_OPERATION, "Error"),
    "EC_No_VPN_SIS_Connection": (_OPERATION, "Error"),
    "EC_No_Online_Connection": (_OPERATION, "Error"),
    "EC_IP_Adresses_Not_Available": (_SECURITY, "Error"),
    "EC_Firewall_Not_Reliable": (_SECURITY, "Fatal"),
    "EC_Random_Generator_Not_Reliable": (_SECURITY, "Fatal"),
    "EC_Secure_KeyStore_Not_Available": (_SECURITY, "Fatal"),
    "EC_Security_Log_Not_Writable": (_OPERATION, "Fatal"),
    "EC_Software_Integrity_Check_Failed": (_SECURITY, "Fatal"),
    "EC_CRYPTOPERATION_ALARM": (_SECURITY, "Warning"),
    "EC_NK_Certificate_Expiring": (_SECURITY, "Warning"),
    "EC_NK_Certificate_Expired": (_SECURITY, "Fatal"),
    "EC_TLS_Client_Certificate_Security": (_SECURITY, "Info"),
}

# What every Konnektor lists although it is not active (ti-detection §0.2).
ALWAYS_LISTED = ("EC_No_VPN_TI_Connection", "EC_No_Online_Connection", "EC_TSL_Expiring", "EC_CRL_Out_Of_Date")


def condition_of(active: str) -> tuple[str, str]:
    """Type and severity of an active state; its parameter in parentheses does not count."""
    return ERROR_CONDITIONS[active.split("(")[0]]
